"""Comparing two lines 64 bars at a time: as many of them in one instruction as the processor can.

A loop that sets bit after bit is compiled to several times as many instructions, so this one operation
is given to the compiler as what it is, a comparison of vectors whose result is a row of bits.
"""

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from strategies.engine.sweep.averages import WORD

BYTES_IN_A_PRICE = 8


def _bits_above(typing: Any, fast: Any, slow: Any, begin: Any) -> Any:
    """Return the word whose bit i tells whether `fast[begin + i]` is above `slow[begin + i]`.

    fast, slow: contiguous float64 with at least 64 values from `begin` on. A comparison with NaN is false.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        *lines, at = arguments
        vector = ir.VectorType(ir.DoubleType(), WORD)
        loaded = []
        for line, kind in zip(lines, signature.args, strict=False):
            data = context.make_array(kind)(context, builder, line).data
            place = builder.bitcast(builder.gep(data, [at]), vector.as_pointer())
            loaded.append(builder.load(place, align=BYTES_IN_A_PRICE))
        above = builder.fcmp_ordered(">", *loaded)
        return builder.bitcast(above, ir.IntType(WORD))

    return types.uint64(fast, slow, types.intp), generate


bits_above: Any = intrinsic(_bits_above)
