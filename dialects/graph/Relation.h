// Which elements of one tensor another tensor's elements are made of, as sets of pairs of places. Where the
// structure is regular a set is a few lattices, whose size does not depend on the extents; else it is a
// table. Plain C++ on purpose: the ops state their own relation with it, `autodiff` composes them into the
// pattern of a sparse derivative, and both are tested without any IR.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tgc::graph {

/// One direction of a lattice: `extent` steps, each of which moves every coordinate by its entry of `step`.
struct Loop {
  std::int64_t extent = 1;
  std::vector<std::int64_t> step;
  bool operator==(const Loop &) const = default;
  auto operator<=>(const Loop &) const = default;
};

/// The places base + sum k_l * step_l with 0 <= k_l < extent_l. Coordinates: those of the result, then those
/// of the operand.
struct Lattice {
  std::vector<std::int64_t> base;
  std::vector<Loop> loops;
  bool operator==(const Lattice &) const = default;
  auto operator<=>(const Lattice &) const = default;
};

/// Pairs (row, column) sorted, each once: places in row-major order.
using Table = std::vector<std::pair<std::int64_t, std::int64_t>>;

/// Most lattices of one relation, and most pairs of a table: beyond both, everything is related to
/// everything.
struct RelationLimits {
  std::size_t lattices = 1024;
  std::int64_t pairs = std::int64_t(1) << 25;
};

class Relation {
public:
  /// Nothing is related.
  Relation(std::vector<std::int64_t> result, std::vector<std::int64_t> operand);
  /// Every element with every element.
  static Relation all(std::vector<std::int64_t> result, std::vector<std::int64_t> operand);
  /// Each element with the one of the same place.
  static Relation same(const std::vector<std::int64_t> &shape);
  /// The same row-major order under other extents.
  static Relation renamed(const std::vector<std::int64_t> &result, const std::vector<std::int64_t> &operand);
  static Relation listed(std::vector<std::int64_t> result, std::vector<std::int64_t> operand, Table pairs);

  const std::vector<std::int64_t> &result() const { return result_; }
  const std::vector<std::int64_t> &operand() const { return operand_; }
  bool isTable() const { return listed_; }
  bool empty() const { return lattices_.empty() && pairs_.empty(); }
  const std::vector<Lattice> &lattices() const { return lattices_; }
  const Table &pairs() const { return pairs_; }

  /// Adds the places of a lattice; coordinates lie within the extents.
  void add(Lattice lattice);
  /// Adds another relation of the same two shapes.
  void add(const Relation &other);

  /// All pairs, by enumeration; nothing beyond `limit`.
  std::optional<Table> table(std::int64_t limit) const;

private:
  friend Relation compose(const Relation &outer, const Relation &inner, const RelationLimits &limits);
  void simplify();
  void give(const RelationLimits &limits);
  std::vector<std::int64_t> result_, operand_;
  std::vector<Lattice> lattices_;
  Table pairs_;
  bool listed_ = false;
};

/// Row of an element of `outer.result`, column of one of `inner.operand`, related where an element between
/// them is related to both. `outer.operand` equals `inner.result`. Never loses a pair; exact unless a limit
/// is hit. Cost: the product of the numbers of lattices, or, with a table, the number of pairs.
Relation compose(const Relation &outer, const Relation &inner, const RelationLimits &limits = {});

/// A lattice of places in row-major order: each side's coordinates become one number. Loops that go on where
/// another ends are one.
Lattice flattened(const Lattice &lattice, std::span<const std::int64_t> result,
                  std::span<const std::int64_t> operand);

/// Integer points of a box that solve linear equations; lattices of what `outputs` are there.
/// Exposed for its tests.
struct Equations {
  struct Row {
    std::int64_t constant = 0;
    std::vector<std::int64_t> factor; ///< one a variable
  };
  std::vector<std::int64_t> extents; ///< variable v takes 0 .. extents[v] - 1
  std::vector<Row> zero;             ///< each is 0
  std::vector<Row> outputs;
};
/// Nothing where more than `limit` lattices would be needed.
std::optional<std::vector<Lattice>> solve(Equations equations, std::size_t limit);

} // namespace tgc::graph
