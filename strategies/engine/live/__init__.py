"""A frozen rule on bars that came later: its sessions, its next order, and the band that it should keep.

sessions    what the account held at each close since the freeze
next_order  the order for the next open, and the closes that would give another
band        how the equity should do by the returns before the freeze, and a test that may look every day
"""
