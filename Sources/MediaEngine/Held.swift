/// A reference that is counted by hand: made once, released once, and used by packets without being counted.
@safe struct Held<Object: AnyObject> {
    private let reference: Unmanaged<Object>

    init(_ object: Object) { unsafe reference = Unmanaged.passRetained(object) }

    /// Gives the object up; the last thing to be done with this.
    func release() { unsafe reference.release() }

    /// Does something with the object.
    @inline(__always)
    func with<Result>(_ body: (Object) -> Result) -> Result { unsafe reference._withUnsafeGuaranteedRef(body) }
}
