"""Many backtests at once: the figures of every cell of a grid, each equal to its single backtest.

grid        which parameters each cell has
lines       the averages that cells compare, each computed once
market      what all cells share: bars, sums over bars, ranges of prices; terms of trade
averaging   compiled: simple averages of many windows
tables      compiled: the sums and ranges of a market
comparing   compiled: two lines, 64 bars in one operation
events      compiled: only the bars at which two averages cross are visited
deciding    compiled: what rules want that look at more than two lines
walking     compiled: every bar of a position is visited, for stops, shorts and leftover cash
compiled    compiled loops over cells, on both cores where there is much to do
vectorised  the same figures by NumPy alone, until the kernels are compiled
tallies     what is counted in a cell, and the figures made of it
computing   chooses the way and puts the figures together
"""
