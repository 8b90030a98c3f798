namespace KdRl.Rewards;

/// <summary>What a node of a parsed answer is.</summary>
internal enum MathNodeKind : byte
{
    /// <summary>A literal; a decimal one knows its digits.</summary>
    Number,

    /// <summary>A variable or a name.</summary>
    Symbol,

    /// <summary>pi, e, i or infinity.</summary>
    Constant,
    Sum,
    Product,
    Quotient,
    Power,
    Negate,

    /// <summary>A named function of its items.</summary>
    Function,

    /// <summary>± or ∓ of one item, or between two.</summary>
    PlusMinus,
    Percent,
    Degree,

    /// <summary>A value with a unit.</summary>
    Quantity,

    /// <summary>Items in round or square brackets: a tuple, an interval, a vector.</summary>
    Brackets,

    /// <summary>Items in braces.</summary>
    Set,

    /// <summary>Items without brackets.</summary>
    List,
    Matrix,

    /// <summary>A chain of items with relation signs between them.</summary>
    Relation,
    Ratio,

    /// <summary>Digits with a base.</summary>
    BaseNumber,
    Union,
    Intersection,
    Difference,

    /// <summary>A set by its condition.</summary>
    SetBuilder,

    /// <summary>A function by cases: values and conditions in turn.</summary>
    Cases,
    Text,
}
