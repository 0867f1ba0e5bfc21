import Foundation

/// Lines over two axes of powers of ten.
struct Chart {
  /// One line, with its points from left to right.
  struct Line {
    let name: String
    let points: [(Double, Double)]
  }

  let title: String
  let across: String
  let lines: [Line]

  static let width = 560
  static let height = 380
  private static let inside = (left: 60, right: 20, top: 30, bottom: 110)
  private static let colours = [
    "#1b6ca8", "#c0392b", "#27864a", "#8e44ad", "#b9770e", "#34495e",
  ]

  /// The chart as a part of a drawing.
  func drawing(left: Int, top: Int) -> String {
    let all = lines.flatMap(\.points)
    guard !all.isEmpty else { return "" }
    let x = Axis(all.map(\.0), from: Self.inside.left, to: Self.width - Self.inside.right)
    let y = Axis(all.map(\.1), from: Self.height - Self.inside.bottom, to: Self.inside.top)
    var parts = ["<g transform=\"translate(\(left),\(top))\">"]
    parts.append(text(Self.inside.left, 18, title, weight: "bold"))
    for power in x.powers {
      let place = x.place(pow(10, Double(power)))
      parts.append(rule(place, y.start, place, y.end))
      parts.append(text(Int(place) - 8, Int(y.start) + 16, Self.label(power)))
    }
    for power in y.powers {
      let place = y.place(pow(10, Double(power)))
      parts.append(rule(x.start, place, x.end, place))
      parts.append(text(8, Int(place) + 4, Self.label(power)))
    }
    parts.append(text(Int(x.end) - 120, Int(y.start) + 32, across))
    for (index, line) in lines.enumerated() {
      let colour = Self.colours[index % Self.colours.count]
      let points = line.points.map { "\(Self.short(x.place($0.0))),\(Self.short(y.place($0.1)))" }
      parts.append(
        "<polyline points=\"\(points.joined(separator: " "))\" fill=\"none\" "
          + "stroke=\"\(colour)\" stroke-width=\"1.8\"/>")
      for point in line.points {
        parts.append(
          "<circle cx=\"\(Self.short(x.place(point.0)))\" "
            + "cy=\"\(Self.short(y.place(point.1)))\" r=\"2.6\" fill=\"\(colour)\"/>")
      }
      let place = (Self.inside.left + index % 2 * 240, Int(y.start) + 50 + index / 2 * 16)
      parts.append(
        "<rect x=\"\(place.0)\" y=\"\(place.1 - 8)\" width=\"10\" height=\"10\" fill=\"\(colour)\"/>"
      )
      parts.append(text(place.0 + 15, place.1 + 1, line.name))
    }
    parts.append("</g>")
    return parts.joined(separator: "\n")
  }

  private func rule(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    "<path d=\"M\(Self.short(x1)) \(Self.short(y1))L\(Self.short(x2)) \(Self.short(y2))\" "
      + "stroke=\"#ddd\"/>"
  }

  private func text(_ x: Int, _ y: Int, _ words: String, weight: String = "normal") -> String {
    "<text x=\"\(x)\" y=\"\(y)\" font-weight=\"\(weight)\">\(words)</text>"
  }

  private static func label(_ power: Int) -> String {
    power < 0 || power > 3 ? "10^\(power)" : String(Int(pow(10, Double(power))))
  }

  private static func short(_ number: Double) -> String { String(format: "%.1f", number) }

  /// An axis by powers of ten.
  private struct Axis {
    let powers: ClosedRange<Int>
    let start: Double
    let end: Double

    init(_ values: [Double], from start: Int, to end: Int) {
      let positive = values.filter { $0 > 0 }
      let low = Int(log10(positive.min() ?? 1).rounded(.down))
      let high = Int(log10(positive.max() ?? 10).rounded(.up))
      powers = low...max(low + 1, high)
      self.start = Double(start)
      self.end = Double(end)
    }

    func place(_ value: Double) -> Double {
      let power = log10(max(value, pow(10, Double(powers.lowerBound))))
      let share = (power - Double(powers.lowerBound)) / Double(powers.count - 1)
      return start + (end - start) * share
    }
  }
}
