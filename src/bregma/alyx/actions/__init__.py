"""What happens to a subject: sessions, weighings, water."""
