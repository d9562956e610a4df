"""What can go wrong in an evaluation; the root is `index.errors.PolicyQAError`.

PolicyQAError
└── GateError            a figure is under its floor, or a floor was lowered without a reason
"""

from policyqa.index.errors import PolicyQAError


class GateError(PolicyQAError):
    """A figure is under its floor, or a floor was lowered without a reason. Mend what made it fall,
    or give the reason in the gate's file."""
