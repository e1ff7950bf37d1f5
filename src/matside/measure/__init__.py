"""What hearing is worth: labelled recordings, copies in worse rooms, and the figures."""
