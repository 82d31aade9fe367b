// The two data sets of the examples, read from examples/data.
#pragma once
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <tgc/Npy.h>
#include <vector>

namespace example {

/// Prints the error and stops: what a small program does with a Result.
template <typename T> T need(tgc::Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s\n", result.error().text().c_str());
  std::exit(1);
}
inline void need(tgc::Result<void> result) {
  if (result) return;
  std::fprintf(stderr, "%s\n", result.error().text().c_str());
  std::exit(1);
}

struct Cancer {
  std::int64_t rows = 569, columns = 30;
  std::vector<double> X; ///< standardised: mean 0, deviation 1 in each column
  std::vector<double> y; ///< +1 benign, -1 malignant
};

inline Cancer cancer(const std::string &folder) {
  Cancer data;
  auto X = need(tgc::readNpyFile(folder + "/breast_cancer_X.npy"));
  auto y = need(tgc::readNpyFile(folder + "/breast_cancer_y.npy"));
  data.X.assign(X.as<double>().begin(), X.as<double>().end());
  for (std::int64_t row = 0; row < data.rows; ++row) {
    double label =
        y.dtype() == tgc::f64 ? y.as<double>()[row] : static_cast<double>(y.as<std::int64_t>()[row]);
    data.y.push_back(label > 0.5 ? 1 : -1);
  }
  for (std::int64_t column = 0; column < data.columns; ++column) {
    double mean = 0, square = 0;
    for (std::int64_t row = 0; row < data.rows; ++row)
      mean += data.X[row * data.columns + column] / double(data.rows);
    for (std::int64_t row = 0; row < data.rows; ++row) {
      double &value = data.X[row * data.columns + column];
      value -= mean;
      square += value * value / double(data.rows);
    }
    for (std::int64_t row = 0; row < data.rows; ++row)
      data.X[row * data.columns + column] /= std::sqrt(square);
  }
  return data;
}

struct Digits {
  std::int64_t columns = 64;
  std::vector<float> trainX, testX;
  std::vector<std::int32_t> trainY, testY; ///< rows i % 5 == 4 are held out
};

inline Digits digits(const std::string &folder) {
  Digits data;
  auto X = need(tgc::readNpyFile(folder + "/digits_X.npy"));
  auto y = need(tgc::readNpyFile(folder + "/digits_y.npy"));
  for (std::int64_t row = 0; row < y.elements(); ++row) {
    bool held = row % 5 == 4;
    (held ? data.testY : data.trainY).push_back(y.as<std::int32_t>()[row]);
    for (std::int64_t column = 0; column < 64; ++column)
      (held ? data.testX : data.trainX).push_back(X.as<float>()[row * 64 + column] / 16);
  }
  return data;
}

} // namespace example
