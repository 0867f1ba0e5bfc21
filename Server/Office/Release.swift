/// Which version of the program this is.
public enum Release {
  /// The version, as `--version` and the office's health say it.
  public static let version = "0.1.0"
}
