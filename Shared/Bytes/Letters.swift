/// The alphabet in which people read, say and type identifiers: no 0, O, 1, I or L.
///
/// An identifier of `n` bits is read as a fraction between 0 and 1 and written digit by digit in
/// base 31, most significant first. So every letter carries the same amount of chance, a prefix of
/// the letters is a range of identifiers, and the shortest unique prefix is a useful short name.
public enum Letters {
  /// The 31 letters, in the order of their values.
  public static let alphabet: [UInt8] = Array("23456789ABCDEFGHJKMNPQRSTUVWXYZ".utf8)

  /// The value of a typed letter, upper or lower case, or `nil` if it is not of the alphabet.
  public static func value(of letter: UInt8) -> Int? {
    let upper = (97...122).contains(letter) ? letter - 32 : letter
    return alphabet.firstIndex(of: upper)
  }

  /// Writes the `bits` lowest bits of a number as `count` letters.
  ///
  /// - Precondition: `bits` is at most 96.
  public static func text(of number: UInt128, bits: Int, count: Int) -> String {
    precondition(bits <= 96, "BUG: too wide for the arithmetic")
    let mask = (UInt128(1) << UInt128(bits)) - 1
    var rest = number & mask
    var letters: [UInt8] = []
    letters.reserveCapacity(count)
    for _ in 0..<count {
      rest *= 31
      letters.append(alphabet[Int(rest >> UInt128(bits))])
      rest &= mask
    }
    return String(decoding: letters, as: UTF8.self)
  }

  /// The numbers of `bits` bits whose letters begin with `prefix`, or a slightly wider range when
  /// the prefix has more than nine letters; `nil` if a character is not of the alphabet.
  public static func range(ofPrefix prefix: String, bits: Int) -> ClosedRange<UInt128>? {
    var number: UInt128 = 0
    var scale: UInt128 = 1
    for letter in prefix.utf8 {
      guard let value = value(of: letter) else { return nil }
      if scale < 20_000_000_000_000 {
        number = number * 31 + UInt128(value)
        scale *= 31
      }
    }
    let shift = UInt128(bits)
    // NB: at most nine letters take part, so number < 2^45 and the shift stays below 2^128.
    guard bits <= 80 else { return nil }
    let low = ((number << shift) + scale - 1) / scale
    let next = (((number + 1) << shift) + scale - 1) / scale
    guard next > low else { return nil }
    return low...(next - 1)
  }

  /// The number whose letters these are, or `nil` if there is none.
  ///
  /// The letters are the digits of a fraction, so the number is the smallest whose fraction is not
  /// below it; it is found digit by digit from the least significant end.
  public static func number(_ letters: String, bits: Int) -> UInt128? {
    guard bits <= 80 else { return nil }
    var values: [UInt128] = []
    for letter in letters.utf8 {
      guard let value = value(of: letter) else { return nil }
      values.append(UInt128(value))
    }
    // With u = 2^bits: x is the smallest number with x * 31 >= d * u + (what the rest asks for).
    var number: UInt128 = 0
    for value in values.reversed() {
      number = ((value << UInt128(bits)) + number + 30) / 31
    }
    guard number >> UInt128(bits) == 0,
      text(of: number, bits: bits, count: values.count)
        == letters.uppercased()
    else { return nil }
    return number
  }

  /// The letters of a typed identifier in upper case, or `nil` if one is not of the alphabet.
  public static func normalized(_ typed: String) -> String? {
    var letters: [UInt8] = []
    for letter in typed.utf8 {
      guard let value = value(of: letter) else { return nil }
      letters.append(alphabet[value])
    }
    return letters.isEmpty ? nil : String(decoding: letters, as: UTF8.self)
  }
}

/// Lower-case hexadecimal.
public enum Hex {
  /// The bytes in hexadecimal.
  public static func text(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes that hexadecimal text stands for, or `nil` if it is not such text.
  public static func bytes(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text.utf8 {
      let digit: UInt8
      switch character {
      case 48...57: digit = character - 48
      case 97...102: digit = character - 87
      case 65...70: digit = character - 55
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return high == nil ? bytes : nil
  }
}
