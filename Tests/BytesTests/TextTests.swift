import Bytes
import TestSupport
import Testing

/// Text by its bytes, and bytes as text.
struct TextTests {
  @Test func `One letter written in two ways is two texts`() {
    let composed: Text = "\u{e9}"
    let decomposed: Text = "e\u{301}"

    #expect(composed.string == decomposed.string)
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed]).count == 2)
    #expect(decomposed < composed)
  }

  @Test func `Text orders as its bytes do`() {
    let ordered: [Text] = ["", "\0", "A", "Z", "a", "a\0", "ab", "z", "\u{e9}", "\u{ffff}", "😀"]
    for (left, a) in ordered.enumerated() {
      for (right, b) in ordered.enumerated() {
        #expect((a < b) == (left < right))
        #expect((a == b) == (left == right))
      }
    }
    #expect(ordered[0].isEmpty && !ordered[1].isEmpty)
    #expect(ordered[6].description == "ab")
  }

  @Test func `Hexadecimal comes back`() {
    #expect(Hex.text([]) == "")
    #expect(Hex.text([0, 15, 16, 171, 255]) == "000f10abff")
    #expect(Hex.bytes("000F10AbfF") == [0, 15, 16, 171, 255])
    for byte in UInt8.min...UInt8.max { #expect(Hex.bytes(Hex.text([byte])) == [byte]) }
    var random = SplitMix64(seed: 3)
    for length in 0..<40 {
      let bytes = random.bytes(length)
      #expect(Hex.bytes(Hex.text(bytes)) == bytes)
    }
  }

  @Test(arguments: ["0", "abc", "0g", "0x10", " 00", "é0", "/0", ":0"])
  func `What is not hexadecimal is refused`(text: String) {
    #expect(Hex.bytes(text) == nil)
  }
}
