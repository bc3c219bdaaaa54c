"""The queue of preprocessing tasks that the labs' workers pull."""
