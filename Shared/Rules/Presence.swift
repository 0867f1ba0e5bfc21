import Model

/// `union`: whether one element is there.
///
/// Every choice, telephone number or photo has a register of its own, so a union is settled element
/// by element: whoever still says that it is there wins over those who took it away without having
/// seen that. Taking away what one *has* seen replaces it, and then it does not stand here at all.
/// Anything but presence and absence does not belong at an element and is left to people.
func presence(in field: [Contender]) -> Contender? {
  let isUnderstood = field.allSatisfy { [.present, .absent, .cleared].contains($0.answer) }
  guard isUnderstood else { return nil }
  return field.last { $0.answer == .present } ?? field.last
}
