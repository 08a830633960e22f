// The arithmetic of the network, compiled once for every instruction set (VARIANT names the one at hand).
//
// All of it is in an unnamed namespace and uses no templates of the standard library: the linker would keep one copy of such a template,
// which another processor might not be able to run.
//
// A row's numbers never depend on the rows beside it, nor on how many threads there are: products are sums of whole numbers, which are
// exact in any order, activations have a scale for each row, and what is left goes row by row. So a sentence is translated the same alone
// and in company, bit for bit.

#include "compute/ceilings.h"
#include "compute/decoder.h"
#include "compute/encoder.h"

namespace dragoman {

#define QUOTED(x) #x
#define NAME_OF(x) QUOTED(x)
extern const Variant VARIANT;
const Variant VARIANT = {NAME_OF(VARIANT), encode, step, product, multiply, read};

}  // namespace dragoman
