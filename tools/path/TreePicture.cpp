#include "tools/path/TreePicture.h"
#include <algorithm>
#include <cmath>
#include <cstdio>

namespace tgc::tools {
namespace {

constexpr std::size_t mostBoxes = 2000;
constexpr double rowHeight = 76, boxHeight = 40, gap = 14;

struct Place {
  double width = 0;          ///< of the box
  double left = 0, room = 0; ///< of the subtree
  double x = 0, y = 0;       ///< the middle of the box, its upper edge
};

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string escaped(const std::string &text) {
  std::string out;
  for (char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

/// Characters, not bytes: a letter may take four.
double widthOf(const std::string &text) {
  auto points =
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  return 16 + 7.2 * static_cast<double>(points);
}

/// From pale to strong, by the logarithm of the share of the dearest.
std::string colourOf(const TreeBox &box, double dearest) {
  if (box.children.empty()) return "#fff3b0";
  double share = box.weight > 0 && dearest > 0 ? 1 + std::log10(box.weight / dearest) / 4 : 0;
  share = std::clamp(share, 0.0, 1.0);
  char text[16];
  std::snprintf(text, sizeof text, "#%02x%02x%02x", int(232 + 12 * share), int(240 - 100 * share),
                int(248 - 150 * share));
  return text;
}

std::vector<TreeBox> lastOf(const std::vector<TreeBox> &boxes) {
  std::size_t first = boxes.size() - std::min(boxes.size(), mostBoxes);
  std::vector<TreeBox> kept(boxes.begin() + std::ptrdiff_t(first), boxes.end());
  for (TreeBox &box : kept) {
    std::erase_if(box.children, [&](std::size_t child) { return child < first; });
    for (std::size_t &child : box.children)
      child -= first;
  }
  return kept;
}

/// A subtree takes the room of its children or of its own box, whichever is wider; boxes stand in its middle.
std::vector<Place> placed(const std::vector<TreeBox> &boxes, double &width, double &height) {
  std::vector<Place> places(boxes.size());
  std::vector<char> isRoot(boxes.size(), 1);
  for (std::size_t k = 0; k < boxes.size(); ++k) {
    double below = 0;
    for (std::size_t child : boxes[k].children) {
      isRoot[child] = 0;
      below += places[child].room;
      places[k].y = std::max(places[k].y, places[child].y + 1);
    }
    places[k].width = std::max(widthOf(boxes[k].title), widthOf(boxes[k].detail));
    places[k].room = std::max(below, places[k].width + gap);
    height = std::max(height, places[k].y + 1);
  }
  for (std::size_t k = boxes.size(); k-- > 0;) { // parents first
    Place &place = places[k];
    if (isRoot[k]) {
      place.left = width;
      width += place.room;
    }
    double below = 0;
    for (std::size_t child : boxes[k].children)
      below += places[child].room;
    double left = place.left + (place.room - below) / 2;
    for (std::size_t child : boxes[k].children) {
      places[child].left = left;
      left += places[child].room;
    }
    place.x = place.left + place.room / 2;
    place.y = (height - 1 - place.y) * rowHeight;
  }
  height *= rowHeight;
  return places;
}

std::string drawn(const TreeBox &box, const Place &place, const std::string &colour) {
  std::string x = number(place.x);
  return "<rect x=\"" + number(place.x - place.width / 2) + "\" y=\"" + number(place.y) + "\" width=\"" +
         number(place.width) + "\" height=\"" + number(boxHeight) + "\" rx=\"6\" fill=\"" + colour +
         "\" stroke=\"#555\"/>\n<text x=\"" + x + "\" y=\"" + number(place.y + 17) +
         "\" text-anchor=\"middle\">" + escaped(box.title) + "</text>\n<text x=\"" + x + "\" y=\"" +
         number(place.y + 33) + "\" text-anchor=\"middle\" fill=\"#555\">" + escaped(box.detail) +
         "</text>\n";
}

} // namespace

std::string treeSvg(const std::string &title, const std::vector<TreeBox> &all) {
  std::vector<TreeBox> boxes = lastOf(all);
  double width = 0, height = 0, dearest = 0;
  std::vector<Place> places = placed(boxes, width, height);
  for (const TreeBox &box : boxes)
    dearest = std::max(dearest, box.weight);
  std::string cut = all.size() > boxes.size() ? " (the last 2,000 values)" : "";
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-10 -30 " + number(width + 20) +
                    " " + number(height + 50) + "\" font-family=\"sans-serif\" font-size=\"12\">\n<title>" +
                    escaped(title) + "</title>\n<text x=\"0\" y=\"-12\" font-weight=\"bold\">" +
                    escaped(title) + cut + "</text>\n";
  for (std::size_t k = 0; k < boxes.size(); ++k)
    for (std::size_t from : boxes[k].children)
      out += "<path d=\"M" + number(places[from].x) + "," + number(places[from].y) + " L" +
             number(places[k].x) + "," + number(places[k].y + boxHeight) + "\" stroke=\"#888\"/>\n";
  for (std::size_t k = 0; k < boxes.size(); ++k)
    out += drawn(boxes[k], places[k], colourOf(boxes[k], dearest));
  return out + "</svg>\n";
}

} // namespace tgc::tools
