// A network on handwritten digits trained twice from the same start, by Adam and by Adam with sharpness-aware
// gradients; the curves are written as curves.csv and curves.svg.   example-curves DATA OUTPUT
#include "Data.h"
#include <algorithm>
#include <cstdint>
#include <fstream>
#include <map>
#include <random>
#include <tgc/Tgc.h>

using namespace tgc;

namespace {

constexpr std::int64_t batch = 48, in = 64, hidden = 48, out = 10;
constexpr int epochs = 30;
constexpr double radius = 0.05;
const std::vector<Param> weights = {
    {"W1", f32, {in, hidden}}, {"b1", f32, {hidden}}, {"W2", f32, {hidden, out}}, {"b2", f32, {out}}};
const Wrt trained = {"W1", "b1", "W2", "b2"};

/// Mean cross-entropy and the number of right guesses.
Function lossOf(std::int64_t rows) {
  std::vector<Param> params = {{"X", f32, {rows, in}}, {"y", i32, {rows}}};
  params.insert(params.end(), weights.begin(), weights.end());
  return Function("loss", params, [](Expr X, Expr y, Expr W1, Expr b1, Expr W2, Expr b2) {
    Expr scores = matmul(relu(matmul(X, W1) + b1), W2) + b2;
    Expr right = sum(astype(argmax(scores, 1) == astype(y, i64), f32));
    return Results{{"loss", cross_entropy(scores, y)}, {"right", right}};
  });
}

/// A compiled function whose arguments and results are found by name.
class Program {
public:
  explicit Program(const Function &f) : code(example::need(compile(f))), space(code) {}

  /// Results go to their names in `held`.
  void operator()(std::map<std::string, Buffer> &held) {
    std::vector<View> arguments;
    for (const Param &param : code.params())
      arguments.push_back(held.at(param.name).view());
    std::map<std::string, Buffer> made;
    std::vector<MutableView> places;
    for (const Param &result : code.results()) {
      auto at =
          made.emplace(result.name, example::need(Buffer::zeros(result.dtype, Shape(result.extents)))).first;
      places.push_back(at->second.view());
    }
    example::need(code.run(arguments, places, space));
    for (auto &[name, buffer] : made)
      held.insert_or_assign(name, std::move(buffer));
  }

  const Executable code;

private:
  Workspace space;
};

struct Point {
  double loss = 0, trainAccuracy = 0, testAccuracy = 0;
};

std::map<std::string, Buffer> startOf(const Executable &step) {
  std::mt19937 random(11);
  std::normal_distribution<float> normal;
  std::map<std::string, Buffer> held;
  for (const Param &param : step.params()) {
    Buffer buffer = example::need(Buffer::zeros(param.dtype, Shape(param.extents)));
    if (param.name == "W1" || param.name == "W2")
      for (float &w : buffer.as<float>())
        w = normal(random) * std::sqrt(2.0f / float(param.extents[0]));
    held.emplace(param.name, std::move(buffer));
  }
  return held;
}

std::vector<Point> train(const example::Digits &data, bool sharp) {
  Function loss = lossOf(batch);
  Function slope = sharp ? optim::sharpnessAware(loss, trained, radius) : value_and_grad(loss, trained);
  const auto rows = std::int64_t(data.trainY.size()), held = std::int64_t(data.testY.size());
  const double total = double(epochs * (rows / batch));
  auto rate = [=](Expr time) {
    return optim::cosineDecay(time, {.rate = 1e-2, .total = total, .warmup = 50});
  };
  Program step(optim::trainingStep(slope, trained, update(optim::Adam{}, rate)));
  Program test(lossOf(held));
  std::map<std::string, Buffer> state = startOf(step.code);

  std::vector<std::size_t> order(rows);
  for (std::size_t k = 0; k < order.size(); ++k)
    order[k] = k;
  std::mt19937 random(5);
  std::vector<Point> curve;
  float time = 0;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    std::shuffle(order.begin(), order.end(), random);
    Point point;
    const std::int64_t steps = rows / batch;
    for (std::int64_t at = 0; at < steps; ++at) {
      for (std::int64_t row = 0; row < batch; ++row) {
        const std::size_t from = order[at * batch + row];
        std::copy_n(&data.trainX[from * in], in, &state.at("X").as<float>()[row * in]);
        state.at("y").as<std::int32_t>()[row] = data.trainY[from];
      }
      state.at("time").as<float>()[0] = ++time;
      step(state);
      // Results of value_and_grad are called out0, out1, ...
      point.loss += state.at("out0").as<float>()[0] / double(steps);
      point.trainAccuracy += state.at("out1").as<float>()[0] / double(steps * batch);
    }
    std::map<std::string, Buffer> there;
    for (const Param &param : weights)
      there.emplace(param.name, example::need(Buffer::copyOf(state.at(param.name).view())));
    there.emplace("X", example::need(Buffer::zeros(f32, Shape({held, in}))));
    there.emplace("y", example::need(Buffer::zeros(i32, Shape({held}))));
    std::copy(data.testX.begin(), data.testX.end(), there.at("X").as<float>().begin());
    std::copy(data.testY.begin(), data.testY.end(), there.at("y").as<std::int32_t>().begin());
    test(there);
    point.testAccuracy = there.at("right").as<float>()[0] / double(held);
    curve.push_back(point);
  }
  return curve;
}

/// Two panels: the loss on a logarithmic axis, and the accuracy on held-out rows.
class Picture {
public:
  explicit Picture(const std::string &path) : file(path) {
    file << "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 320\" font-family=\"sans-serif\" "
            "font-size=\"12\">\n<rect width=\"760\" height=\"320\" fill=\"white\"/>\n";
  }
  ~Picture() { file << "</svg>\n"; }

  void panel(double x, const char *title, double low, double high,
             const std::vector<std::pair<double, std::string>> &marks) {
    left = x, bottom = low, top = high;
    file << "<text x=\"" << x << "\" y=\"24\">" << title << "</text>\n";
    for (const auto &[value, text] : marks)
      file << "<path d=\"M" << x << " " << yOf(value) << "h300\" stroke=\"#ddd\"/><text x=\"" << x - 6
           << "\" y=\"" << yOf(value) + 4 << "\" text-anchor=\"end\">" << text << "</text>\n";
    for (int epoch = 0; epoch <= epochs; epoch += 10)
      file << "<text x=\"" << xOf(epoch) << "\" y=\"296\" text-anchor=\"middle\">" << epoch << "</text>\n";
    file << "<text x=\"" << x + 300 << "\" y=\"312\" text-anchor=\"end\">epoch</text>\n";
  }
  template <typename Value> void curve(const std::vector<Point> &points, const char *colour, Value value) {
    file << "<polyline fill=\"none\" stroke=\"" << colour << "\" stroke-width=\"2\" points=\"";
    for (std::size_t k = 0; k < points.size(); ++k)
      file << xOf(double(k + 1)) << "," << yOf(std::clamp(value(points[k]), bottom, top)) << " ";
    file << "\"/>\n";
  }
  void name(double y, const char *colour, const char *text) {
    file << "<text x=\"" << left + 200 << "\" y=\"" << y << "\" fill=\"" << colour << "\">" << text
         << "</text>\n";
  }
  bool good() const { return file.good(); }

private:
  double xOf(double epoch) const { return left + 300 * epoch / epochs; }
  double yOf(double value) const { return 280 - 240 * (value - bottom) / (top - bottom); }
  std::ofstream file;
  double left = 0, bottom = 0, top = 1;
};

} // namespace

int main(int argc, char **argv) {
  auto data = example::digits(argc > 1 ? argv[1] : "examples/data");
  const std::string folder = argc > 2 ? argv[2] : ".";
  const std::vector<Point> adam = train(data, false), sharp = train(data, true);

  std::ofstream csv(folder + "/curves.csv");
  csv << "epoch,adam_loss,adam_train,adam_test,sam_loss,sam_train,sam_test\n";
  for (int k = 0; k < epochs; ++k)
    csv << k + 1 << ',' << adam[k].loss << ',' << adam[k].trainAccuracy << ',' << adam[k].testAccuracy << ','
        << sharp[k].loss << ',' << sharp[k].trainAccuracy << ',' << sharp[k].testAccuracy << '\n';
  Picture picture(folder + "/curves.svg");
  picture.panel(60, "training loss", -3, 0.5, {{-3, "0.001"}, {-2, "0.01"}, {-1, "0.1"}, {0, "1"}});
  auto loss = [](const Point &p) { return std::log10(p.loss); };
  picture.curve(adam, "#c33", loss), picture.curve(sharp, "#36c", loss);
  picture.name(60, "#c33", "Adam"), picture.name(76, "#36c", "Adam with SAM");
  picture.panel(430, "accuracy on held-out rows", 0.8, 1, {{0.8, "80 %"}, {0.9, "90 %"}, {1, "100 %"}});
  auto accuracy = [](const Point &p) { return p.testAccuracy; };
  picture.curve(adam, "#c33", accuracy), picture.curve(sharp, "#36c", accuracy);

  std::printf("Adam: loss %.5f, held-out accuracy %.2f %%; with SAM: loss %.5f, %.2f %%\n", adam.back().loss,
              100 * adam.back().testAccuracy, sharp.back().loss, 100 * sharp.back().testAccuracy);
  std::printf("written: %s/curves.csv, %s/curves.svg\n", folder.c_str(), folder.c_str());
  // Both fit; the flatter minimum is not the deeper one.
  const bool fits = adam.back().trainAccuracy > 0.99 && sharp.back().trainAccuracy > 0.99 &&
                    adam.back().testAccuracy > 0.95 && sharp.back().testAccuracy > 0.95;
  return fits && sharp.back().loss > adam.back().loss && csv.good() && picture.good() ? 0 : 1;
}
