import Causality
import Model
import Wire

/// What a store found that it cannot go on with.
public enum StoreError: Error, Sendable {
  /// There is no store at the path.
  case missing(path: String)
  /// There is one already.
  case present(path: String)
  /// The file is not a store of Kulkul's.
  case foreign(path: String)
  /// The file is damaged, in SQLite's words.
  case damaged(path: String, detail: String)
  /// The store was made by a newer version.
  case newer(path: String)
  /// Another process held the store longer than the bounded wait.
  case busy(path: String)
  /// The disk is full, or refuses to be written.
  case disk(path: String, detail: String)
  /// Plain SQL wrote to a table that only the store may write.
  case refused(detail: String)
  /// Somebody else went on with the draft since it was read, finished it or threw it away.
  case draftElsewhere
  /// The record is not here.
  case noRecord(RecordID)
  /// The record's form is not in the directory.
  case noForm(UInt32)
  /// The village is not in the survey.
  case noVillage(VillageCode)
  /// What is to be saved at once is more than one change may hold.
  case tooLarge(bytes: Int, limit: Int)
  /// A record would have more places, or more changes in it, than a record can be read with.
  case tooManyPlaces(Int, limit: Int)
  /// What came as the office's directory is not signed by the office.
  case forgedDirectory
  /// The office was restored from a backup and has not heard any laptop since: what it said last it
  /// may have forgotten, so it says nothing new.
  case unheard
  /// The office that let the laptop in took over only a part of what was written here before.
  case notTakenOver(streams: Int, of: Int)
  /// A view's token is unknown here.
  case noView
  /// Bytes that the store wrote itself do not read back.
  case inconsistent(detail: String)
}
