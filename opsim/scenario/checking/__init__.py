"""What is wrong or hardly meant in a scenario, told with its place and with what is allowed."""
