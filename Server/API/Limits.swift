/// How much, and for how long, the office lets anybody take of what everybody needs.
///
/// The numbers leave room for laptops in villages, whose networks are slow and break off, and none
/// for whoever opens connections to hold them. Tests take smaller ones.
struct Limits: Sendable {
  /// The most bytes of one body: the longest message, and one byte that shows that it was longer.
  var body = (64 << 20) + 1
  /// The most bytes of a request to join, which comes from anybody: it names each stream that the laptop
  /// wrote, of which there may be thousands.
  var joinBody = (256 << 10) + 1
  /// The most bytes of a directory that is handed back, which also comes from anybody.
  var directoryBody = (16 << 20) + 1
  /// Up to here a body is small, and has a room of its own that large ones cannot fill.
  var smallBody = 64 << 10
  /// The most bytes of large bodies at once.
  var room = 256 << 20
  /// The most bytes of small bodies at once.
  var smallRoom = 16 << 20
  /// How long a body waits for room.
  var roomPatience = Duration.seconds(10)
  /// The time in which something of a body must come, again and again.
  var window = Duration.seconds(60)
  /// How many bytes of a body must come in that time, unless it ends.
  var windowBytes = 4 << 10
  /// The longest that a body may take.
  var bodyTime = Duration.seconds(3600)
  /// The most bytes of requests and replies that broke off and are kept to be gone on with.
  var passageRoom = 64 << 20
  /// How long they are kept after the last of them came.
  var passageAge = Duration.seconds(1800)
  /// How long a connection may be silent, and how long the head of a request may take.
  var idle = Duration.seconds(60)
  /// How long a connection stays open after its request was turned away unread.
  var linger = Duration.seconds(5)
  /// The time for taking any reply away.
  var replyTime = Duration.seconds(60)
  /// How many bytes of a long reply must be taken away in a second beyond that.
  var replyRate = 1 << 10
  /// How many may be connected at once; more wait for one to leave.
  var connections = 512
  /// How many of them from one address of another machine.
  var peerConnections = 128
}
