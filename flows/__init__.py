"""What Prefect runs, one flow a file, and the command line. Wiring only."""
