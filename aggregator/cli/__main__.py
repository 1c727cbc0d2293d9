"""`python -m aggregator.cli`: how the supervisor starts its children."""

from aggregator.cli.main import main

main()
