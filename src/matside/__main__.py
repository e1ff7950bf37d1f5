"""`python -m matside` is the same as `matside`."""

from matside.cli import main

if __name__ == "__main__":
    main()
