"""Feedback: every submission comes back to its agency as an annotated workbook, and what the agency answers is kept.

Belongs here: words, the workbook, the text for an e-mail, the memory of answered findings. Stays out: finding anything
(intake, validation). To show an agency its own cells, feedback re-opens the archived file by intake's reading.
"""
