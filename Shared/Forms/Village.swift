import Causality
import Model

/// What kind of place a village is.
public enum VillageKind: String, Hashable, Sendable {
  /// A village with an elected head, the *perbekel*.
  case desa
  /// A ward whose head, the *lurah*, the city appoints.
  case kelurahan

  /// The kind that a code says: the first digit of its last group is 1 for a kelurahan, 2 for a
  /// desa.
  public init?(_ code: VillageCode) {
    switch code.number / 1000 % 10 {
    case 1: self = .kelurahan
    case 2: self = .desa
    default: return nil
    }
  }
}

/// One desa or kelurahan of a survey.
///
/// The ministry and the statistics office number villages differently, and one number can be two
/// villages: 5171031007 is Pemecutan in one and Peguyangan in the other. ``code`` is the ministry's;
/// ``bps`` stands beside it and is never computed.
public struct Village: Hashable, Sendable {
  /// The ministry's code.
  public let code: VillageCode
  /// The statistics office's code, ten digits.
  public let bps: String
  /// The code of the kecamatan, `51.71.03`.
  public let kecamatanCode: String
  /// The name of the kecamatan.
  public let kecamatan: String
  /// Whether it is a desa or a kelurahan.
  public let kind: VillageKind
  /// The name as the ministry writes it.
  public let name: String
  /// Other spellings.
  public let aliases: [String]
  /// The latitude of its middle, in degrees.
  public let latitude: Decimal
  /// The longitude of its middle, in degrees.
  public let longitude: Decimal
  /// Its area as computed from its boundary.
  public let areaKm2: Decimal?
}

/// What was found in a list of villages that makes it none; lines count from 1.
public enum VillageError: Error, Hashable, Sendable {
  /// It is no table.
  case table(CSVError)
  /// It has no such column.
  case missingColumn(String)
  /// A cell is empty or malformed.
  case malformed(column: String, line: Int)
  /// A code that is there twice.
  case duplicateCode(VillageCode, line: Int)
  /// The kind is not the one that the code says.
  case wrongKind(VillageCode, line: Int)
  /// The code of the kecamatan is not the beginning of the village's.
  case wrongKecamatan(VillageCode, line: Int)
  /// There are more or fewer villages than there must be.
  case wrongCount(found: Int, expected: Int)
  /// A kecamatan has more or fewer villages than it must have.
  case wrongCountOfKecamatan(String, found: Int, expected: Int)
}

/// What a person who typed the name or code of a village meant.
public enum VillageMatch: Hashable, Sendable {
  /// One village; its full name may be the beginning of the names of others.
  case exact(Village, isPrefixOfOthers: [Village])
  /// Several villages fit: they are listed, and none is chosen.
  case several([Village])
  /// None fits; some are written or numbered almost so.
  case none(suggestions: [Village])
}
