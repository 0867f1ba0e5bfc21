/// The growth as a drawing: how long and how many bytes, over how much, both by powers of ten.
///
/// Of several runs it is the one in the middle.
enum GrowthPlot {
  static func svg(_ points: [[GrowthPoint]], _ crowds: [[ReplicaPoint]]) -> String {
    func line(_ name: String, _ value: (GrowthPoint) -> Double) -> Chart.Line {
      Chart.Line(
        name: name,
        points: points.map { (Double($0[0].records), Spread($0.map(value)).median) })
    }
    func other(_ name: String, _ value: (ReplicaPoint) -> Double) -> Chart.Line {
      Chart.Line(
        name: name,
        points: crowds.map { (Double($0[0].replicas), Spread($0.map(value)).median) })
    }
    let charts = [
      Chart(
        title: "processor time, ms", across: "records",
        lines: [
          line("1,000 records created") { $0.creating },
          line("1,000 records merged") { $0.merging },
          line("nothing new, the office") { $0.nothing },
          line("ten edits, both sides") { $0.ten },
          line("list \(GrowthPoint.contested) that are to be decided") { $0.listing },
          line("open and ask how it stands") { $0.opening },
        ]),
      Chart(
        title: "bytes", across: "records",
        lines: [
          line("nothing new") { Double($0.nothingBytes) },
          line("ten edits") { Double($0.tenBytes) },
        ]),
      Chart(
        title: "processor time, ms", across: "replicas in one village",
        lines: [
          other("nothing new, the office") { $0.nothing },
          other("one new record, both sides") { $0.one },
        ]),
      Chart(
        title: "bytes", across: "replicas in one village",
        lines: [
          other("nothing new") { Double($0.nothingBytes) },
          other("one new record and its reply") { Double($0.oneBytes) },
        ]),
    ]
    let drawn = charts.enumerated().map { index, chart in
      chart.drawing(left: index % 2 * Chart.width, top: index / 2 * Chart.height)
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(2 * Chart.width)" \
      height="\(2 * Chart.height)" font-family="sans-serif" font-size="11">
      <rect width="100%" height="100%" fill="white"/>
      \(drawn.joined(separator: "\n"))
      </svg>

      """
  }
}
