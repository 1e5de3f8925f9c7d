-- The cells of every model of indicators, not rounded, before it is judged what is missing.
{{ computed_cells() }}
