#include "frontend/language/Messages.h"
#include <algorithm>

namespace tgc::language {

namespace {

constexpr const char *red = "\x1b[1;31m", *cyan = "\x1b[1;36m", *green = "\x1b[1;32m", *bold = "\x1b[1m",
                     *plain = "\x1b[0m";
constexpr std::uint32_t shownBefore = 100, shownAfter = 60; ///< columns kept around the caret of a long line

std::string paint(const char *colour, std::string text, bool on) { return on ? colour + text + plain : text; }

std::string placeText(const Place &place) {
  if (place.file.empty()) return {};
  std::string text = place.file + ":";
  if (place.line != 0) text += std::to_string(place.line) + ":";
  if (place.line != 0 && place.column != 0) text += std::to_string(place.column) + ":";
  return text + " ";
}

/// The bytes of the next sign of a line; broken bytes stand alone.
std::size_t stepOf(std::string_view line) { return std::max<std::size_t>(sequenceLength(line), 1); }

/// The next sign as shown: tabs stay, other control characters and broken bytes become U+FFFD.
std::string shownSign(std::string_view line) {
  std::size_t length = sequenceLength(line);
  char32_t c = length == 0 ? 0xFFFD : decode(line);
  bool hidden =
      (c < 0x20 && c != '\t') || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) || c == 0xFFFD;
  return hidden ? "\xEF\xBF\xBD" : std::string(line.substr(0, length));
}

/// At most `count` signs from number `first` on; a line of 16 MiB is walked, not stored.
std::vector<std::string> signs(std::string_view line, std::size_t first, std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = 0; !line.empty() && out.size() < count; ++i) {
    if (i >= first) out.push_back(shownSign(line));
    line.remove_prefix(stepOf(line));
  }
  return out;
}

/// The line and, below it, '^' and '~' under the marked columns.
struct Excerpt {
  std::string line, marks;
};

Excerpt excerpt(const Error &error, std::string_view text) {
  std::size_t column = error.place.column - 1; // from 0 here
  std::size_t first = column > shownBefore + 20 ? column - shownBefore + 1 : 0;
  std::size_t width = column - first + 1 + shownAfter;
  std::vector<std::string> shown = signs(text, first, width + 21);
  bool cut = shown.size() > width + 20;
  if (cut) shown.resize(width);
  std::vector<char> marks(std::max(shown.size() + 1, column - first + 1), ' ');
  auto underline = [&](std::uint32_t place, std::uint32_t length, char sign) {
    for (std::size_t i = place - 1; i < std::size_t(place) - 1 + length && i < first + marks.size(); ++i)
      if (i >= first) marks[i - first] = '~';
    if (place - 1 >= first && place - 1 < first + marks.size()) marks[place - 1 - first] = sign;
  };
  for (const Note &note : error.notes) {
    bool further =
        note.message.empty() && note.place.file == error.place.file && note.place.line == error.place.line;
    if (further && note.place.column > 0) underline(note.place.column, 1, '~');
  }
  underline(error.place.column, std::max(1u, error.length), '^');
  std::string line = first > 0 ? "..." : "", below = first > 0 ? "   " : "";
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (i < shown.size()) line += shown[i];
    bool tab = i < shown.size() && shown[i] == "\t";
    below += tab && marks[i] == ' ' ? '\t' : marks[i];
  }
  if (cut) line += "...";
  below.erase(below.find_last_not_of(" \t") + 1);
  return {line, below};
}

constexpr std::size_t longestMessage = 1000; ///< bytes; texts of the user's may be as long as the program

/// The beginning and the end of a long message, cut between signs.
std::string shortened(const std::string &message) {
  if (message.size() <= longestMessage) return message;
  auto isInside = [&](std::size_t at) { return (static_cast<unsigned char>(message[at]) & 0xC0) == 0x80; };
  std::size_t head = longestMessage / 2, tail = message.size() - longestMessage / 2;
  while (head > 0 && isInside(head))
    --head;
  while (tail < message.size() && isInside(tail))
    ++tail;
  return message.substr(0, head) + " ... " + message.substr(tail);
}

void appendPlaceJson(std::string &out, const Place &place) {
  out += "\"file\": " + (place.file.empty() ? std::string("null") : quoteJson(place.file));
  out += ", \"line\": " + (place.line == 0 ? std::string("null") : std::to_string(place.line));
  out += ", \"column\": " + (place.column == 0 ? std::string("null") : std::to_string(place.column));
}

} // namespace

std::string render(const Error &error, std::span<const Source *const> sources, bool colour) {
  std::string out = paint(bold, placeText(error.place), colour && !error.place.file.empty());
  out += paint(red, "error:", colour) + " " + shortened(error.message) + "\n";
  auto source = std::find_if(sources.begin(), sources.end(),
                             [&](const Source *candidate) { return candidate->name() == error.place.file; });
  if (source != sources.end() && error.place.line != 0 && error.place.column != 0) {
    Excerpt shown = excerpt(error, (*source)->line(error.place.line));
    out += shown.line + "\n" + paint(green, shown.marks, colour) + "\n";
  }
  for (const Note &note : error.notes) {
    if (note.message.empty()) continue;
    bool isHelp = note.kind == Note::Kind::Help;
    if (!isHelp) out += placeText(note.place);
    out += paint(isHelp ? green : cyan, isHelp ? "help:" : "note:", colour) + " " + shortened(note.message) +
           "\n";
  }
  return out;
}

std::string quoteJson(std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out = "\"";
  while (!text.empty()) {
    std::size_t length = sequenceLength(text);
    auto c = static_cast<unsigned char>(text[0]);
    if (length == 0)
      out += "\\ufffd";
    else if (c == '"' || c == '\\')
      out += {'\\', text[0]};
    else if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (c < 0x20 || c == 0x7F)
      out += {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};
    else
      out += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out + "\"";
}

std::string renderJson(const Error &error) {
  std::string out = "{\"error\": {\"kind\": " + quoteJson(nameOf(error.kind)) +
                    ", \"message\": " + quoteJson(shortened(error.message)) + ", ";
  appendPlaceJson(out, error.place);
  out += ", \"notes\": [";
  bool first = true;
  for (const Note &note : error.notes) {
    if (note.message.empty()) continue;
    out += std::string(first ? "" : ", ") +
           "{\"kind\": " + (note.kind == Note::Kind::Help ? "\"help\"" : "\"note\"") +
           ", \"message\": " + quoteJson(shortened(note.message)) + ", ";
    appendPlaceJson(out, note.place);
    out += "}";
    first = false;
  }
  return out + "]}}";
}

Note markAlso(const Source &source, Span span) { return source.note(span, ""); }

} // namespace tgc::language
