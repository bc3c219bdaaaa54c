"""What the panels beside a picture show and change, as plain data: windows and pages draw them, each in its way."""
