import ArgumentParser
import Testing

@testable import Commands

/// Plain command lines are read without the parser, and mean the same.
@Suite struct ShortcutTests {
  private static let plain: [[String]] = [
    ["status"],
    ["status", "--store", "a.db", "--format", "json"],
    ["status", "--lang", "en", "--as", "wayan"],
    ["sync"],
    ["sync", "--format", "table", "--store", "a b.db"],
    ["add"],
    ["add", "--village", "Renon", "--set", "nama_usaha=Batik Sari", "--set", "pemasaran+=hotel"],
    ["add", "--set", "a=", "--store", "x", "--set", "a=-1", "--as", "made", "--lang", "id"],
    ["edit", "ZJ4KS", "--set", "tahun_mulai=2009", "--seen", "ABC"],
    ["edit", "batik sari", "--format", "json"],
    ["edit", "@", "--set", "nama_usaha=Ibu=Bapak"],
  ]

  @Test(arguments: plain)
  func `A plain line means to the shortcut what it means to the parser`(words: [String]) throws {
    let short = try #require(Shortcut.command(words))
    let parsed = try KulkulCommand.parseAsRoot(words)
    #expect(String(reflecting: short) == String(reflecting: parsed))
  }

  private static let others: [[String]] = [
    [], ["help"], ["status", "--help"], ["status", "--store"], ["status", "--store=a.db"],
    ["status", "--store", "--as"], ["status", "--store", ""], ["status", "--lang", "de"],
    ["status", "--format", "csv"], ["status", "--store", "a", "--store", "b"],
    ["status", "a", "b"],
    ["--store", "a.db", "status"], ["add", "--resume"], ["add", "--set", "-a=b"],
    ["add", "--clear", "a"], ["add", "--village", "Renon", "--village", "Sanur"], ["edit"],
    ["edit", "--set", "a=b"], ["edit", "ZJ4KS", "--", "--set"], ["edit", "-1", "--set", "a=b"],
    ["show", "ZJ4KS"], ["sync", "--seen", "a"], ["status", "--", "a"],
  ]

  @Test(arguments: others)
  func `Anything else is left to the parser`(words: [String]) {
    #expect(Shortcut.command(words) == nil)
  }
}
