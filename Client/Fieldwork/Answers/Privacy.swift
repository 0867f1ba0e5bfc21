/// Whether private answers are shown or masked.
public enum Privacy: Hashable, Sendable {
  /// Private answers are masked.
  case masked
  /// Private answers are shown.
  case revealed

  /// What stands for a private answer; it says that there is one and no more.
  public static let mask = "•••"

  /// The text to show of an answer; an empty one says nothing and stays empty.
  public func text(_ text: String, isPrivate: Bool) -> String {
    self == .masked && isPrivate && !text.isEmpty ? Privacy.mask : text
  }
}
