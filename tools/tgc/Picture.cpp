#include "tools/tgc/Picture.h"
#include "dialects/graph/Types.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"
#include <algorithm>
#include <vector>

namespace tgc::tools {
namespace {

constexpr std::size_t mostBoxes = 2000;

struct Box {
  std::string title, type, colour;
  std::vector<std::size_t> from;
  std::size_t layer = 0;
  double x = 0, y = 0;
};

std::string colourOf(llvm::StringRef op) {
  if (op == "contract" || op == "einsum" || op == "matmul") return "#f4c7a1";
  if (op == "sum" || op == "mean" || op == "max" || op == "min" || op == "softmax" || op == "logsumexp")
    return "#b9dfb4";
  if (op == "jvp" || op == "vjp" || op == "vmap") return "#d8c4ec";
  if (op == "constant") return "#e6e6e6";
  return "#bcd7ef";
}

std::vector<Box> boxesOf(mlir::ModuleOp module, const std::string &name, bool &cut) {
  std::vector<Box> boxes;
  auto function = module.lookupSymbol<mlir::func::FuncOp>(name);
  llvm::DenseMap<mlir::Value, std::size_t> maker;
  for (mlir::BlockArgument argument : function.getArguments()) {
    maker[argument] = boxes.size();
    boxes.push_back(
        {graph::nameOf(argument).value_or("argument"), graph::textOf(argument.getType()), "#fff3b0", {}});
  }
  for (mlir::Operation &op : function.front()) {
    if (boxes.size() > mostBoxes) {
      cut = true;
      break;
    }
    bool end = op.hasTrait<mlir::OpTrait::IsTerminator>();
    Box box{end ? "results" : op.getName().stripDialect().str(),
            "",
            end ? "#fff3b0" : colourOf(op.getName().stripDialect()),
            {}};
    if (auto equation = op.getAttrOfType<mlir::StringAttr>("equation"))
      box.title += " " + equation.getValue().str();
    if (auto callee = op.getAttrOfType<mlir::FlatSymbolRefAttr>("callee"))
      box.title += " " + callee.getValue().str();
    if (op.getNumResults()) box.type = graph::textOf(op.getResult(0).getType());
    for (mlir::Value operand : op.getOperands()) {
      auto found = maker.find(operand);
      if (found == maker.end()) continue;
      box.from.push_back(found->second);
      box.layer = std::max(box.layer, boxes[found->second].layer + 1);
    }
    for (mlir::Value result : op.getResults())
      maker[result] = boxes.size();
    boxes.push_back(std::move(box));
  }
  return boxes;
}

std::string escaped(const std::string &text) {
  std::string out;
  for (char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

double widthOf(const Box &box) {
  return 16 + 7.2 * static_cast<double>(std::max(box.title.size(), box.type.size()));
}

/// Order inside each layer by the mean place of what a box reads, three sweeps; then centred rows.
std::pair<double, double> place(std::vector<Box> &boxes) {
  std::size_t layers = 0;
  for (const Box &box : boxes)
    layers = std::max(layers, box.layer + 1);
  std::vector<std::vector<std::size_t>> rows(layers);
  for (std::size_t k = 0; k < boxes.size(); ++k)
    rows[boxes[k].layer].push_back(k);
  double width = 0;
  for (int sweep = 0; sweep < 3; ++sweep)
    for (std::size_t layer = 0; layer < layers; ++layer) {
      auto &row = rows[layer];
      std::vector<double> wish(boxes.size(), 0);
      for (std::size_t k : row) {
        for (std::size_t from : boxes[k].from)
          wish[k] += boxes[from].x + widthOf(boxes[from]) / 2;
        if (!boxes[k].from.empty())
          wish[k] /= static_cast<double>(boxes[k].from.size());
        else
          wish[k] = boxes[k].x;
      }
      std::sort(row.begin(), row.end(),
                [&](std::size_t a, std::size_t b) { return wish[a] != wish[b] ? wish[a] < wish[b] : a < b; });
      double x = 0;
      for (std::size_t k : row) {
        boxes[k].x = x;
        boxes[k].y = static_cast<double>(layer) * 76;
        x += widthOf(boxes[k]) + 18;
      }
      width = std::max(width, x);
    }
  for (auto &row : rows) {
    if (row.empty()) continue;
    double used = boxes[row.back()].x + widthOf(boxes[row.back()]);
    for (std::size_t k : row)
      boxes[k].x += (width - used) / 2;
  }
  return {width, static_cast<double>(layers) * 76};
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

} // namespace

std::string dotOf(mlir::ModuleOp module, const std::string &function) {
  bool cut = false;
  auto boxes = boxesOf(module, function, cut);
  std::string out = "digraph \"" + escaped(function) +
                    "\" {\n  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\"];\n";
  for (std::size_t k = 0; k < boxes.size(); ++k)
    out += "  n" + std::to_string(k) + " [label=\"" + boxes[k].title + "\\n" + boxes[k].type +
           "\", fillcolor=\"" + boxes[k].colour + "\"];\n";
  for (std::size_t k = 0; k < boxes.size(); ++k)
    for (std::size_t from : boxes[k].from)
      out += "  n" + std::to_string(from) + " -> n" + std::to_string(k) + ";\n";
  return out + "}\n";
}

std::string svgOf(mlir::ModuleOp module, const std::string &function) {
  bool cut = false;
  auto boxes = boxesOf(module, function, cut);
  auto [width, height] = place(boxes);
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-10 -30 " + number(width + 20) +
                    " " + number(height + 50) + "\" font-family=\"sans-serif\" font-size=\"12\">\n<title>" +
                    escaped(function) + "</title>\n<text x=\"0\" y=\"-12\" font-weight=\"bold\">" +
                    escaped(function) + (cut ? " (first 2,000 operations)" : "") + "</text>\n";
  for (const Box &box : boxes)
    for (std::size_t from : box.from) {
      const Box &source = boxes[from];
      double x0 = source.x + widthOf(source) / 2, y0 = source.y + 40, x1 = box.x + widthOf(box) / 2,
             y1 = box.y;
      out += "<path d=\"M" + number(x0) + "," + number(y0) + " C" + number(x0) + "," + number(y0 + 24) + " " +
             number(x1) + "," + number(y1 - 24) + " " + number(x1) + "," + number(y1) +
             "\" fill=\"none\" stroke=\"#888\"/>\n";
    }
  for (const Box &box : boxes) {
    double middle = box.x + widthOf(box) / 2;
    out += "<rect x=\"" + number(box.x) + "\" y=\"" + number(box.y) + "\" width=\"" + number(widthOf(box)) +
           "\" height=\"40\" rx=\"6\" fill=\"" + box.colour + "\" stroke=\"#555\"/>\n<text x=\"" +
           number(middle) + "\" y=\"" + number(box.y + 17) + "\" text-anchor=\"middle\">" +
           escaped(box.title) + "</text>\n<text x=\"" + number(middle) + "\" y=\"" + number(box.y + 33) +
           "\" text-anchor=\"middle\" fill=\"#555\">" + escaped(box.type) + "</text>\n";
  }
  return out + "</svg>\n";
}

} // namespace tgc::tools
