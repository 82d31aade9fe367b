// Index notation: C[i, k] = A[i, j] * B[j, k]. Each term becomes pointwise operations on aligned tensors and
// one einsum.
#pragma once
#include "frontend/language/Build.h"

namespace tgc::language {

/// One statement. Terms are what + and - separate outside all brackets; a term's factors are multiplied and
/// summed by einsum over the indices that the left side lacks; what a factor holds is computed pointwise on
/// the union of its indices. All terms agree on an index's extent; 1 broadcasts.
class Notation {
public:
  Notation(Build &build, Frame &frame, const Statement &statement);
  std::optional<Argument> declare();

private:
  /// A value whose axes are named by indices, each once.
  struct Indexed {
    Argument value;
    std::vector<std::string_view> indices;
  };
  struct Letter {
    std::int64_t extent = 1;
    Span place;          ///< where the extent was met first
    std::string operand; ///< there: "A: f64[4, 3]"
    std::size_t order = 0;
    std::string symbol; ///< in einsum's text
  };
  struct Factors {
    std::vector<NodeId> nodes;
    bool negative = false;
  };

  void markLetters();
  bool lettersIn(NodeId index) const;
  std::optional<std::vector<std::pair<bool, NodeId>>> terms();
  Factors factorsOf(NodeId term) const;
  std::optional<Argument> term(NodeId node);
  std::optional<Argument> contract(std::vector<Indexed> factors, Span mark);
  std::optional<Indexed> pointwise(NodeId id);
  std::optional<Indexed> leaf(NodeId id);
  std::optional<Indexed> step(NodeId id, Indexed first);
  std::optional<Indexed> indexed(NodeId id);
  std::optional<Indexed> call(NodeId id);
  bool useLetter(Span place, std::int64_t extent, const std::string &operand);
  std::optional<Indexed> diagonal(Argument base, const std::vector<std::string_view> &indices, Span mark);
  /// Gives all tensors the axes of all indices, in order; extents are 1 where a tensor lacks one.
  std::optional<std::vector<std::string_view>> align(std::vector<Indexed> &values, Span mark);
  std::optional<Argument> spread(Indexed value, const std::vector<std::string_view> &onto, Span mark);
  std::string symbols(const std::vector<std::string_view> &indices);
  bool scalar(const Indexed &value, NodeId id);

  Build &build;
  const Ast &ast;
  Frame &frame;
  NodeId root;
  NodeId firstNode = 0;
  std::vector<bool> hasLetters; ///< by node, from firstNode on
  std::vector<std::string_view> left;
  std::unordered_map<std::string_view, Letter> letters;
};

} // namespace tgc::language
