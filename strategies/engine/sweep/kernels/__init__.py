"""The compiled functions of sweeps; importing one of them loads numba.

cells             loops over cells, on all cores where there is much to do
crossovers        only the bars at which two averages cross are visited
rules             what rules want that look at more than two lines
bar_by_bar        every bar of a position is visited, for stops, shorts and leftover cash
moving_averages   simple averages of many windows
range_tables      the sums and ranges of a market
compare_words     two lines, 64 bars in one operation
"""
