"""What readers think of answers: given below an answer, read by those who may, for each model."""
