"""The forecasting model: arrays in, arrays out. It knows no Django and reads nothing.

The centre of a forecast is a drift in proportion to the volatility of the price. Its spread comes from a
linear regression of the coming volatility on the volatility of the past days, weeks and months, of the share
and of the market, which is read from closes and from the ranges within days: the heterogeneous
autoregression of Corsi (2009), "A Simple Approximate Long-Memory Model of Realized Volatility", Journal of
Financial Econometrics 7(2), pooled over symbols and scaled to the symbol at hand. A second regression says
on which days errors are larger than that, and the symbol's own misses widen its bands.
"""

MODEL_VERSION = "3.0"
"""Goes up whenever the same prices would give another forecast."""
