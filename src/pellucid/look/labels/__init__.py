"""What features stand for, in words, and how far the words hold where nobody looked when they were written."""
