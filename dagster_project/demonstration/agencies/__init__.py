"""How each partner writes what it knows: its headers, codes and files.

Belongs here: one module an agency, each with `tables(book, month)` and `write(folder, tables, month, suffix)`.
What the agency knows stays in `books.py`; deliberate faults stay in `faults.py`.
"""
