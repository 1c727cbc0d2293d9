"""`python -m benchmarks [NAME...]`: run all benchmarks, or those named."""

import argparse

from benchmarks import pages, polling

NAMES = ("polling", "pages")


def main() -> None:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all without one")
    parser.add_argument("--feeds", type=int, default=1000, help="feeds of the farm (polling)")
    parser.add_argument("--items", type=int, default=10_000, help="items in the database (pages)")
    parser.add_argument("--only", choices=["kabar"], help="leave the others out (polling)")
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    for name in options.names or NAMES:
        if name == "polling":
            polling.run(options.feeds, only_kabar=options.only == "kabar")
        else:
            pages.run(options.items)


if __name__ == "__main__":
    main()
