"""The life of a facility: month after month, from what is planned to what is booked."""
