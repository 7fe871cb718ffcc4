"""What is to be seen in a picture: its objects, and each by outline, colour and pattern."""
