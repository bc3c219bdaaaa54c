"""``python -m bregma``: the command, without its script on the path."""

from bregma.cli import main

if __name__ == "__main__":
    main()
