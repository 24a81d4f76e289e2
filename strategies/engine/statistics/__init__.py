"""What a result is worth after many were tried: arrays of returns in, probabilities out.

sharpe       probabilistic and deflated Sharpe ratio
overfitting  probability of backtest overfitting by combinatorially symmetric cross-validation
resampling   draws of the stationary block bootstrap
superiority  Hansen's test for superior predictive ability
bootstrap    bands of equity, drawdown and Sharpe ratio
"""
