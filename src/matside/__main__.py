"""`python -m matside`: the command line, where its script isn't on the path."""

from matside.cli import main

if __name__ == "__main__":
    main()
