#!/usr/bin/env python3
"""Where the catalogue means something else than NumPy on purpose; printed, the page build/docs/numpy.md."""

# Each is used by a case: `differs("name")`, else the test fails.
DIFFERENCES = {
    "shift": "A shift by a negative number is one by more than the width (0, or -1 for negative numbers moved right); NumPy leaves it open.",
    "power": "A negative integer exponent gives 0 unless the base is 1 or -1; NumPy raises.",
    "convert": "Floats beyond an integer dtype saturate and NaN gives 0; NumPy leaves it open.",
    "narrow": "sum and prod of narrow integers and of bool, and cumulative ones, are i64 or u64 on every machine; NumPy's follow the platform's C long.",
    "halves": "Floats of 16 bits are calculated in f32 and rounded once for each operation; NumPy rounds at more places.",
    "nan": "Every NaN is a different element for unique, as the array API standard says; NumPy collapses them.",
    "median": "A quantile that falls on an element, or between two equal infinities, is that element; NumPy's interpolation can give NaN beside an infinity.",
    "diagonal": "diagonal and trace take the last two axes, as the standard says; NumPy the first two.",
    "descending": "sort, argsort and topk know descending order, stable too; NumPy has none.",
    "signs": "Factors have fixed signs: r's diagonal is not negative, the first large element of an eigenvector is positive.",
    "outside": "Indices beyond an axis are clamped (or filled, or wrapped) as told; NumPy raises.",
    "bounded": "nonzero, masked_select and unique give a stated number of elements and the count; NumPy's extents follow the data.",
    "bits": "bitcast reads every NaN as the positive quiet one without further bits.",
}

if __name__ == "__main__":
    print("# Deliberate differences from NumPy\n\nWritten from `tests/numpy/differences.py`; each is used by a case of that folder, "
          "where operations are compared with NumPy.\n")
    print("\n".join(f"* {text}" for text in DIFFERENCES.values()))
