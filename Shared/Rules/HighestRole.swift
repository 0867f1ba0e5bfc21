import Model

extension [Contender] {
  /// `role`: the contenders whose authors had the highest role.
  ///
  /// If they agree, that is the answer. If not, the next rule decides among *them*, not among
  /// everyone: whoever was outranked would otherwise come back through the next rule, and a newer
  /// answer by a surveyor would win over two supervisors because the two disagree.
  var ofHighestRole: [Contender] {
    let highest = self.max { $0.role < $1.role }?.role
    return filter { $0.role == highest }
  }
}
