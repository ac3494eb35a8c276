"""`python -m server`: the same as `acnetrack`."""

from server.running.cli import main

if __name__ == "__main__":
    main()
