// What is said of changes that were merged without asking.

export const merged = {
  by: 'Merged with changes by {{name}}',
  nobody: 'Merged with other changes',
  title: 'Changed on both sides',
  kept: 'Kept',
  lost: 'Not kept',
  mineAlone: 'Yours alone',
  use: 'Use {{value}} instead',
  used: 'The other value is in the outbox',
  undoable: 'You can take the other value as long as this is in the history.',
  deletedAnyway: 'Deleted, although {{name}} had changed it',
  deletedAnywayNobody: 'Deleted, although it had been changed',
  notDeleted: 'Not deleted, because {{name}} had changed it',
  notDeletedNobody: 'Not deleted, because it had been changed',
  lostToDelete: 'Not kept, because this record had been deleted',
  rule: {
    append: 'Both additions were kept',
    max: 'The greater value was kept',
    min: 'The smaller value was kept',
    sum: 'Both differences were counted',
    union: 'What both sides added was kept',
    client: 'Your value was kept',
    server: 'Their value was kept',
    'delete-wins': 'The record had been deleted',
  },
};
