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


def large_digits(number: int, *, scale: int = 1) -> str:
    """Draw a number five rows high times the scale, every cell twice as wide so that it looks square."""
    rows = ["  ".join(_ROWS[digit][row] for digit in str(max(0, number))) for row in range(5)]
    drawn = ["".join(cell * 2 * scale for cell in row) for row in rows]
    return "\n".join(row for row in drawn for _ in range(scale))
