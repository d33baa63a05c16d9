import CPgQuery

/// A message of the tree seen through its descriptor, so that a rule can say something about *every* field, also of
/// those that a later version of the grammar adds.
struct Message {
  let base: Pointer<ProtobufCMessage>

  /// `pointer` must point to a message of protobuf-c: each begins with a `ProtobufCMessage`.
  init(_ pointer: UnsafeMutableRawPointer) { base = pointer.assumingMemoryBound(to: ProtobufCMessage.self) }

  /// What `node` holds; nil for the empty node that stands for an absent list item.
  init?(of node: Node) {
    // All members of the union are pointers at one offset.
    guard node.pointee.node_case != PG_QUERY__NODE__NODE__NOT_SET, let member = node.pointee.alias else { return nil }
    self.init(UnsafeMutableRawPointer(member))
  }

  var descriptor: UnsafePointer<ProtobufCMessageDescriptor> { base.pointee.descriptor }
  /// `SelectStmt`
  var name: String { Message.name(of: descriptor) }
  var fields: UnsafeBufferPointer<ProtobufCFieldDescriptor> { Message.fields(of: descriptor) }
  /// True when the parser wrote fields that this build of the descriptors does not know.
  var hasUnknownFields: Bool { base.pointee.n_unknown_fields > 0 }

  static func name(of descriptor: UnsafePointer<ProtobufCMessageDescriptor>) -> String {
    String(cString: descriptor.pointee.short_name)
  }

  static func fields(
    of descriptor: UnsafePointer<ProtobufCMessageDescriptor>
  ) -> UnsafeBufferPointer<ProtobufCFieldDescriptor> {
    UnsafeBufferPointer(start: descriptor.pointee.fields, count: Int(descriptor.pointee.n_fields))
  }

  /// The value of `field`, or nil when it has the value of an unset field.
  func value(_ field: ProtobufCFieldDescriptor) -> Value? {
    if field.label == PROTOBUF_C_LABEL_REPEATED {
      let count = load(field.quantifier_offset, as: Int.self)
      guard count > 0 else { return nil }
      guard field.type == PROTOBUF_C_TYPE_MESSAGE,
        let list = load(field.offset, as: UnsafeMutablePointer<UnsafeMutableRawPointer?>?.self)
      else { return .scalar(UInt64(count)) }
      return .messages(UnsafeBufferPointer(start: list, count: count))
    }
    if field.flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0,
      load(field.quantifier_offset, as: UInt32.self) != field.id
    {
      return nil
    }
    return singleValue(field)
  }

  private func singleValue(_ field: ProtobufCFieldDescriptor) -> Value? {
    switch field.type {
    case PROTOBUF_C_TYPE_MESSAGE:
      return load(field.offset, as: UnsafeMutableRawPointer?.self).map { .message(Message($0)) }
    case PROTOBUF_C_TYPE_STRING:
      guard let text = load(field.offset, as: UnsafePointer<CChar>?.self), text[0] != 0 else { return nil }
      return .text(text)
    case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_DOUBLE:
      let bits = load(field.offset, as: UInt64.self)
      return bits == 0 ? nil : .scalar(bits)
    case PROTOBUF_C_TYPE_BYTES:
      return load(field.offset, as: Int.self) == 0 ? nil : .scalar(1)
    default:
      // bool, enum and 32-bit numbers are all stored as 32 bits.
      let bits = load(field.offset, as: UInt32.self)
      return bits == 0 ? nil : .scalar(UInt64(bits))
    }
  }

  private func load<Stored>(_ offset: UInt32, as type: Stored.Type) -> Stored {
    UnsafeRawPointer(base).load(fromByteOffset: Int(offset), as: type)
  }

  enum Value {
    case scalar(UInt64)
    case text(UnsafePointer<CChar>)
    case message(Message)
    case messages(UnsafeBufferPointer<UnsafeMutableRawPointer?>)
  }
}
