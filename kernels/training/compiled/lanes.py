"""The two products of a layer with several samples side by side, as LLVM's vectors.

Written out for LLVM itself, since numba's loops over so few numbers become no vectors: as plain
loops they take three times as long. Importing this loads numba.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from kernels.training.compiled.codes import LANES

CONTRACT = ("contract",)  # a product and a sum may be rounded once


class _Vectors:
    """Makes code that works on the lanes of arrays whose numbers are of one type."""

    def __init__(self, context: Any, builder: Any, array_type: Any) -> None:
        self.context, self.builder, self.array_type = context, builder, array_type
        self.number = context.get_value_type(array_type.dtype)
        self.type = ir.VectorType(self.number, LANES)
        self.align = self.number.get_abi_size(context.target_data)

    def pointer(self, array: Any, at: Any) -> Any:
        data = self.context.make_array(self.array_type)(self.context, self.builder, array).data
        return self.builder.gep(data, [at])

    def load(self, array: Any, at: Any) -> Any:
        return self.builder.load(self._lanes(array, at), align=self.align)

    def store(self, vector: Any, array: Any, at: Any) -> None:
        self.builder.store(vector, self._lanes(array, at), align=self.align)

    def _lanes(self, array: Any, at: Any) -> Any:
        return self.builder.bitcast(self.pointer(array, at), self.type.as_pointer())

    def spread(self, number: Any) -> Any:
        """`number` in every lane."""
        undefined, zero = ir.Constant(self.type, ir.Undefined), ir.Constant(ir.IntType(32), 0)
        one = self.builder.insert_element(undefined, number, zero)
        mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        return self.builder.shuffle_vector(one, undefined, mask)

    def plus_product(self, total: Any, a: Any, b: Any) -> Any:
        product = self.builder.fmul(a, b, flags=CONTRACT)
        return self.builder.fadd(total, product, flags=CONTRACT)

    def sum(self, vector: Any) -> Any:
        """The sum of the lanes, halves first, so that it is the same everywhere."""
        size = LANES
        while size > 1:
            size //= 2
            halves = (
                self.builder.shuffle_vector(
                    vector, vector, ir.Constant(ir.VectorType(ir.IntType(32), size), list(picked))
                )
                for picked in (range(size), range(size, 2 * size))
            )
            vector = self.builder.fadd(*halves)
        return self.builder.extract_element(vector, ir.Constant(ir.IntType(32), 0))


@intrinsic  # type: ignore[untyped-decorator]
def weigh(
    context: Any, start: Any, w: Any, w_at: Any, w_step: Any, count: Any, x: Any, x_at: Any, y: Any,
    y_at: Any,
) -> Any:  # fmt: skip
    """Write start + the sum over i < count of w[w_at + i w_step] x[lanes of x_at, i] to y_at."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        start, w, w_at, w_step, count, x, x_at, y, y_at = given
        vectors = _Vectors(context, builder, signature.args[1])
        total = cgutils.alloca_once_value(builder, vectors.spread(start))
        with cgutils.for_range(builder, count) as loop:
            at = builder.add(w_at, builder.mul(loop.index, w_step))
            weight = vectors.spread(builder.load(vectors.pointer(w, at)))
            lanes_at = builder.add(x_at, builder.mul(loop.index, ir.Constant(x_at.type, LANES)))
            lanes = vectors.load(x, lanes_at)
            builder.store(vectors.plus_product(builder.load(total), weight, lanes), total)
        vectors.store(builder.load(total), y, y_at)
        return context.get_dummy_value()

    return types.void(start, w, w_at, w_step, count, x, x_at, y, y_at), generate


@intrinsic  # type: ignore[untyped-decorator]
def correlate(
    context: Any, d: Any, d_at: Any, x: Any, x_at: Any, count: Any, sums: Any, sums_at: Any
) -> Any:
    """Add to sums[sums_at + i], i < count, the sum of d[lanes of d_at] x[lanes of x_at, i]."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        d, d_at, x, x_at, count, sums, sums_at = given
        vectors = _Vectors(context, builder, signature.args[0])
        factor = vectors.load(d, d_at)
        with cgutils.for_range(builder, count) as loop:
            lanes_at = builder.add(x_at, builder.mul(loop.index, ir.Constant(x_at.type, LANES)))
            product = builder.fmul(factor, vectors.load(x, lanes_at))
            place = vectors.pointer(sums, builder.add(sums_at, loop.index))
            builder.store(builder.fadd(builder.load(place), vectors.sum(product)), place)
        return context.get_dummy_value()

    return types.void(d, d_at, x, x_at, count, sums, sums_at), generate
