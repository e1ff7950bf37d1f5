"""Large digits for a screen that is read from a mat two metres away."""

_ROWS = {
    "0": ("███", "█ █", "█ █", "█ █", "███"),
    "1": (" █ ", "██ ", " █ ", " █ ", "███"),
    "2": ("███", "  █", "███", "█  ", "███"),
    "3": ("███", "  █", "███", "  █", "███"),
    "4": ("█ █", "█ █", "███", "  █", "  █"),
    "5": ("███", "█  ", "███", "  █", "███"),
    "6": ("███", "█  ", "███", "█ █", "███"),
    "7": ("███", "  █", "  █", "  █", "  █"),
    "8": ("███", "█ █", "███", "█ █", "███"),
    "9": ("███", "█ █", "███", "  █", "███"),
}


def large_digits(number: int) -> str:
    """Draw a number five rows high, every cell two columns wide so that it looks square."""
    rows = ["  ".join(_ROWS[digit][row] for digit in str(max(0, number))) for row in range(5)]
    return "\n".join("".join(cell * 2 for cell in row) for row in rows)
