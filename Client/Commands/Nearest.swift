/// Which of several words a person who mistyped one most likely meant.
enum Nearest {
  /// The nearest, if it is near at all.
  static func to(_ typed: String, among words: [String]) -> String? {
    let limit = max(1, typed.count / 3)
    return words.map { (distance(typed, $0), $0) }.filter { $0.0 <= limit }
      .min { $0.0 < $1.0 }?.1
  }

  private static func distance(_ left: String, _ right: String) -> Int {
    let target = Array(right.utf8)
    var costs = Array(0...target.count)
    for (row, letter) in left.utf8.enumerated() {
      var diagonal = costs[0]
      costs[0] = row + 1
      for column in target.indices {
        let above = costs[column + 1]
        let change = diagonal + (target[column] == letter ? 0 : 1)
        costs[column + 1] = min(change, above + 1, costs[column] + 1)
        diagonal = above
      }
    }
    return costs[target.count]
  }
}
