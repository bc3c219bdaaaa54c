"""What each person is told: the notification centre and its mails."""
